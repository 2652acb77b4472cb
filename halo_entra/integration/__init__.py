"""The screens of Configuration > Integrations that span apps: modules, tenants, SSO."""

"""The tabs Field Mappings, Agent/User Mappings and Advanced of a connection."""

"""The screens of imports: a connection's tab, runs, previews, approvals, undoing."""

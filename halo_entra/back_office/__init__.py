"""Django's admin behind the product's own sign-in: a look into the tables."""

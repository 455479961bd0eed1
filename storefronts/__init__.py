"""The shops whose sales Mintpost takes; `storefronts.registry` lists them."""

"""The shops that sell for the operator; `storefronts.registry` lists the shops."""

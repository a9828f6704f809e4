"""From files to images: weights fetched and converted, the bases, each asset's image upon its base."""

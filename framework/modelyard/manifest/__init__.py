"""asset.yaml and catalog.yaml as typed models; everything about their form stands here."""

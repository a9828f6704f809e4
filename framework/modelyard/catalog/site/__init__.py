"""The catalog's site: read from the registry, made into pages that need no server, and whole or as it was before.

The road of a page: `reading` says which assets there are and what each is made from; `composing` makes an `Asset` of
one, and `Listed`, the little of it that pages about many need; `pages/` has one file per kind of page, `templates/`
what it looks like, `charts/` what is drawn; `writing` puts files in their place, and `render` does it all.
"""

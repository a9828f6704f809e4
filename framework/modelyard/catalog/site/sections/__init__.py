"""From what is known of an asset to what a section of its page shows: one file a section that needs thought."""

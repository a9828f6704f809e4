"""The whole road and what comes after it: releasing, going back, looking again, tidying up."""

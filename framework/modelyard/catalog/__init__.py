"""The builder: what is affected by a change is built, checked and published."""

"""The garbage collector: what nobody owns any more goes."""

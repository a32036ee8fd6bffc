"""The pictures of this unit, one file each."""

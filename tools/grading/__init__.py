"""Grade a folder of submissions: find, prepare, run each on its own, count points, report."""

"""Unit 16: finding what is wrong with a cluster, and repairing that and nothing else."""

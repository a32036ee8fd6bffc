"""The node lifecycle controller: it notices silent nodes and taints them, slowly when many are silent."""

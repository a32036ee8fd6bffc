"""The taint eviction controller: it deletes Pods that do not put up with their node's NoExecute taints."""

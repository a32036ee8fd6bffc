"""The HorizontalPodAutoscaler controller: from measured load to a number of replicas."""

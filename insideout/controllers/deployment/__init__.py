"""The Deployment controller: from one template to the next, a few Pods at a time."""

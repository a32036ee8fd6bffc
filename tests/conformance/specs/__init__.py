"""What upstream's conformance specs do, done with the official client over the server in this process."""

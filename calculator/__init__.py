"""Plan the subnets of Amazon EKS clusters."""

"""What every room stands on: the means of the machine, each in one way. No library below, nothing of ours."""

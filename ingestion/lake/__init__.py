"""What lies in the lake and in the archive's records, and whether it is all there as it was written."""

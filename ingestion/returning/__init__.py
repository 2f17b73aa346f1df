"""What departments find in `returned/`: marked copies, receipt slips, reminders, the cross-feed list."""

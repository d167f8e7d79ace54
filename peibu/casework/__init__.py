"""What every case shares: steps, tasks, deadlines in working days, documents, public notices."""

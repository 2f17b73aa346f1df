"""The annual self-assessment as documents: printed from published figures, none computed here."""

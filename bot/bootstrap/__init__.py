"""Where objects are put together: what the gateway uses, and what custom actions may use. No Rasa here."""

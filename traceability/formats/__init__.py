"""Other people's shapes: values to bytes and back. No database, no Flask, no clock, no rules of the trade."""

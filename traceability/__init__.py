"""Geographical-indication traceability for Duyun Maojian tea (都匀毛尖茶)."""

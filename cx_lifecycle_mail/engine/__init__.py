"""Arithmetic of campaigns without Odoo: hours, hold-out, text."""

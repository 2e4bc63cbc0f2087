"""The pure domain of e-bills: bills, the biller's file, and the proof of a service account."""

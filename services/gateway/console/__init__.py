"""The gateway's own desk: clients, signing keys, invitations and staff, for the administrator.

No page here shows anything of a resident.
"""

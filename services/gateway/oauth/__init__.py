"""The authorization server: one file per standard it speaks; Authlib dispatches, everything kept is ours."""

"""Pictures of players: checked, made anew, kept where only agents with the right see them."""

"""The stages of a job in plain Python, named as ``models.STAGES``: storyboard in, storyboard, sound or film out."""

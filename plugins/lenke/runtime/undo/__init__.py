"""Before-images of what runs write, and the undo that puts them back."""

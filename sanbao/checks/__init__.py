"""`sanbao doctor`: whether an installation is fit for the next night."""

// Native is here.

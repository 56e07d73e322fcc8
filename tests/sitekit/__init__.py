"""What the tests of the site share: the sample archive, the browser, the visitor who counts clicks."""

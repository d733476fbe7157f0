"""What is chosen: runs, image, data set, options, networks; kept from page to page and in the link."""

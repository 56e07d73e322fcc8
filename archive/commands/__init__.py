"""The commands of ``nianbao``, by what they serve: reading, crawling, publishing."""

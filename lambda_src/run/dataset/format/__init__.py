"""The rules of Bedrock's chat records, one line at a time; what is read where, and by which page, is said in each."""

"""``local.judge``, a stand-in for a model that marks: no language model, but measures of words and numbers.

It lets a project with a judge be deployed, audited and trained on this machine: it finds the criteria in the request's
tool schema and the material in the message, and counts. How many of the reference's words and numbers are in the
response, how many of the response's are in the source, whether the same numbers belong to the same things, whether a
label is the same, how long the response is, how often it repeats itself. Equal requests get equal answers.

It cannot tell good style from bad, does not know that two words mean the same, and takes a well-worded lie in the
source's own words for a true statement. Its marks say whether a project is put together soundly. They do not say how a
real judge would mark, and its reasoning begins with "local stand-in:" so that nobody mistakes one for the other.
"""

"""From a JSON document to the bytes that were signed: JSON-LD, RDF, their canonical forms. Pure."""

"""Answers as files that someone else can check again: no model, no network, no library.

Answer --prove--> Proof --to_bytes--> file --proof_from--> Proof --check, documents--> Verdict
"""

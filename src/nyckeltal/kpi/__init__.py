"""What is measured: definitions, questions, and how a question becomes figures."""

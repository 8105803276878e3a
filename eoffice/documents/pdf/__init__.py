"""PDF drawing: plain Python, no Django. Letters, note sheets, scans made into a PDF."""

"""Use cases: one public function per thing a person does.

Each takes the open `Work`, who asks (`by`) and the moment it is asked (`now`); asks who, then whether, then acts.
"""

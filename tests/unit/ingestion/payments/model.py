"""What stands after some files of payments, and what each pupil has of it: told in plain lists.

A payment is (pupil, yuan, day, status). Nothing of the product is used here.
"""

BACK = ("退票", "冲销", "退回", "作废")


class Term:
    """The payments of one term and stage."""

    def __init__(self):
        self.stands = []

    def takes(self, kind, rows):
        """What a file of a kind does; False where it must be refused and nothing changes."""
        if kind == "list" and self.lacks(rows):
            return False
        if kind == "list":
            self.stands = list(rows)
        elif kind == "correction":
            gone = [p for p in self.stands if p[0] in {row[0] for row in rows} and p[3] == "成功"]
            self.stands = [p for p in self.stands if p not in gone] + list(rows)
        else:
            self.stands += rows
        return True

    def lacks(self, rows):
        left = list(rows)
        for payment in self.stands:
            if payment not in left:
                return True
            left.remove(payment)
        return False

    def yuan_of(self, pupil):
        """Day by day; on one day payments come first, then what came back, then what was paid anew."""
        own = [p for p in self.stands if p[0] == pupil]
        order = {"成功": 0, "补发": 2}
        own.sort(key=lambda p: (p[2], 1 if p[1] < 0 else order.get(p[3], 1)))
        has = written_off = 0
        for _, yuan, _, status in own:
            if yuan < 0:
                written_off += yuan
            elif status in BACK:
                has = max(has - yuan, 0)
            else:
                has += yuan
        return has + written_off

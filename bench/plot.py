"""A line chart as SVG: one line per name over common places, the height in powers of ten."""

import html
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 480, 70, 130, 50, 60
COLOURS = ("#1b6ca8", "#2e8b57", "#d98e04", "#b3261e", "#6b4fa0", "#555555")


class Chart:
    def __init__(self, title, across, up):
        self.title, self.across, self.up, self.lines = title, across, up, {}

    def add(self, name, points):
        """[(place, height above 0)]"""
        self.lines[name] = sorted(points)

    def svg(self):
        heights = [height for points in self.lines.values() for _, height in points]
        self.most = max(place for points in self.lines.values() for place, _ in points)
        self.low, self.high = math.floor(math.log10(min(heights))), math.ceil(math.log10(max(heights)) + 1e-9)
        self.high = max(self.high, self.low + 1)
        parts = [text(WIDTH / 2, 24, self.title, "middle", 16), text(WIDTH / 2, HEIGHT - 12, self.across, "middle"),
                 text(14, HEIGHT / 2, self.up, "middle", turned=True), *self.grid()]
        for number, (name, points) in enumerate(self.lines.items()):
            parts += self.line(name, points, COLOURS[number % len(COLOURS)])
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
                f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{"".join(parts)}</svg>\n')

    def x(self, place):
        return LEFT + (WIDTH - LEFT - RIGHT) * place / self.most

    def y(self, height):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(height) - self.low) / (self.high - self.low)

    def grid(self):
        for power in range(self.low, self.high + 1):
            for step in range(1, 10 if power < self.high else 2):
                y = self.y(step * 10 ** power)
                yield stroke([(LEFT, y), (WIDTH - RIGHT, y)], "#999999" if step == 1 else "#e6e6e6", 1)
            yield text(LEFT - 8, self.y(10 ** power) + 4, f"{10.0 ** power:g}", "end")
        for place in self.places():
            yield stroke([(self.x(place), TOP), (self.x(place), HEIGHT - BOTTOM)], "#e6e6e6", 1)
            yield text(self.x(place), HEIGHT - BOTTOM + 18, f"{place:,.0f}", "middle")

    def places(self):
        """Round numbers, five to ten of them."""
        step = 10 ** math.floor(math.log10(self.most))
        while self.most / step < 5:
            step /= 2
        return [step * number for number in range(math.floor(self.most / step) + 1)]

    def line(self, name, points, colour):
        where = [(self.x(place), self.y(height)) for place, height in points]
        yield stroke(where, colour, 2)
        for x, y in where:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        yield text(where[-1][0] + 8, where[-1][1] + 4, name, "start", colour=colour)


def text(x, y, words, anchor, size=12, colour="black", turned=False):
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{turn}>'
            f"{html.escape(words)}</text>")


def stroke(where, colour, width):
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in where)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'

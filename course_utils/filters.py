"""What kind of thing a first-layer filter looks for: measures on filters of shape (N, 3, K, K)."""

import torch

from course_utils._arguments import check_tensor, shape_of

__all__ = ["band_share", "color_share", "noise_filters", "orientation", "sort_filters"]

PADDED = 33  # spectra are sampled on this grid, three times finer than 11 pixels give
BAND = 0.09  # cycles a pixel: radius of the band, about that of a patch that fills an 11-pixel filter
GREY = 0.5  # a filter with less of its energy in colour differences counts as grey
STRUCTURED = 0.55  # a larger share in its band makes a filter an edge, a grating or a blob


def band_share(filters):
    """Return the share of each filter's spectral energy that lies in its best compact band.

    The spectrum is the squared magnitude of the Fourier transform, summed over red, green and
    blue. The band is a disc of radius 0.09 cycles a pixel and its mirror image, placed where they
    hold most. An edge, a grating or a blob of colour fills its 11 pixels smoothly and comes
    near 1; white noise spreads over all frequencies and comes near 0.08, noise blurred by one
    pixel near 0.37 (99 % of it below 0.55).

    Parameters
    ----------
    filters : Tensor, (N, 3, K, K)

    Returns
    -------
    Tensor, (N,)
        In [0, 1].

    Taught in ``lectures/alexnet_features``.
    """
    power, fy, fx = _spectrum(filters)  # (N, P, P)
    places = torch.stack([fy, fx], dim=2).view(-1, 2)  # (P², 2)
    inside = torch.minimum(torch.cdist(places, places), torch.cdist(places, -places)) <= BAND
    inside = inside.to(power)  # (P², P²): is a place in the band around another, or in its mirror image?
    return (power.flatten(1) @ inside).amax(1) / power.sum((1, 2))


def color_share(filters):
    """Return the share of each filter's energy, (N,), in differences between red, green and blue."""
    _check(filters)
    grey = filters.mean(1, keepdim=True)
    return ((filters - grey) ** 2).sum((1, 2, 3)) / (filters**2).sum((1, 2, 3))


def orientation(filters):
    """Return (angle, strength) of each filter's stripes or edge.

    Returns
    -------
    angle : Tensor, (N,)
        Degrees from 0 (horizontal stripes) to below 180, counter-clockwise as seen.
    strength : Tensor, (N,)
        0: no direction is preferred; 1: all energy lies along one.
    """
    power, fy, fx = _spectrum(filters)
    power = power * (fy**2 + fx**2)  # a plain patch has no direction
    double = 2 * torch.atan2(-fy, fx)
    across, along = (power * torch.sin(double)).sum((1, 2)), (power * torch.cos(double)).sum((1, 2))
    angle = torch.rad2deg(torch.atan2(across, along)) / 2 + 90  # stripes run across their frequency
    return angle % 180, torch.hypot(across, along) / power.sum((1, 2)).clamp(min=1e-12)


def sort_filters(filters):
    """Return the numbers of the grey filters, by orientation, and of the coloured ones, by hue.

    Returns
    -------
    grey, colored : Tensor, int64
        Together every number from 0 to N - 1 once.

    Taught in ``lectures/alexnet_features``.
    """
    colored = color_share(filters) > GREY
    angle, _ = orientation(filters)
    red, green, blue = (filters - filters.mean(1, keepdim=True)).permute(1, 0, 2, 3)
    strongest = (red**2 + green**2 + blue**2).flatten(1).argmax(1, keepdim=True)
    r, g, b = (channel.flatten(1).gather(1, strongest)[:, 0] for channel in (red, green, blue))
    hue = torch.atan2(3**0.5 * (g - b), 2 * r - g - b)
    return _sorted(~colored, angle), _sorted(colored, hue)


def noise_filters(count, size=11, *, smooth=0.0, seed=0):
    """Return filters (count, 3, size, size) of Gaussian noise, blurred by ``smooth`` pixels."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(count, 3, size + 12, size + 12, generator=generator)
    if smooth > 0:
        at = torch.arange(-6.0, 7.0)
        kernel = torch.exp(-(at**2) / (2 * smooth**2))
        kernel = torch.outer(kernel, kernel).expand(3, 1, 13, 13)
        noise = torch.nn.functional.conv2d(noise, kernel, padding=6, groups=3)
    return noise[:, :, 6:-6, 6:-6]


def _sorted(chosen, key):
    numbers = chosen.nonzero()[:, 0]
    return numbers[key[numbers].argsort()]


def _spectrum(filters):
    """Return spectral energy (N, P, P) and the frequencies (P, P) along height and width."""
    _check(filters)
    power = torch.fft.fft2(filters.detach().float(), s=(PADDED, PADDED)).abs().square().sum(1)
    frequency = torch.fft.fftfreq(PADDED)
    return power, *torch.meshgrid(frequency, frequency, indexing="ij")


def _check(filters):
    check_tensor("filters", filters, shape="(N, 3, K, K)")
    if filters.ndim != 4 or filters.shape[1] != 3 or filters.shape[2] > PADDED:
        raise ValueError(
            f"filters must have shape (N, 3, K, K) with K up to {PADDED}, not {shape_of(filters)}"
        )

# moodscore for CPUs. Build: docker build --tag moodscore .
# Use:   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/films" moodscore score my.mp4 --library songs
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/moodscore
ENV PATH="/opt/moodscore/bin:$PATH"
WORKDIR /build
# What others wrote first: it changes less often than what is ours.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml setup.py MANIFEST.in README.md LICENSE ./
COPY conf conf
COPY src src
RUN pip install --no-deps --no-build-isolation . \
    && python -m compileall -q /opt/moodscore/lib

FROM python:3.11-slim
COPY --from=build /opt/moodscore /opt/moodscore
# Any user may run it: what is kept of videos and songs goes to a folder that all can write to.
RUN useradd --create-home --uid 1000 moodscore \
    && install --directory --mode=1777 /data /films
ENV PATH="/opt/moodscore/bin:$PATH" \
    HOME=/data \
    MOODSCORE_HOME=/data/moodscore \
    NUMBA_CACHE_DIR=/data/numba \
    MPLCONFIGDIR=/data/matplotlib
USER 1000
WORKDIR /films
VOLUME ["/data"]
ENTRYPOINT ["moodscore"]
CMD ["score", "--help"]

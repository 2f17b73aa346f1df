"""An empty home (folders and zero-row lake tables) at SANBAO_HOME, for linters that compile the models."""

from ingestion import Home, prepare
from sanbao.night.home import catalog
from sanbao.settings import load_settings

if __name__ == "__main__":
    prepare(Home(load_settings().home), catalog())

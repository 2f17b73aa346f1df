"""What a department's file must be: one frozen YAML declaration per feed."""

from ingestion.contracts.loader import CATALOG_DIR, Catalog, ContractError, load_catalog
from ingestion.contracts.model import Column, Contract

__all__ = ["CATALOG_DIR", "Catalog", "Column", "Contract", "ContractError", "load_catalog"]

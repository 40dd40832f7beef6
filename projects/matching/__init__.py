"""The page 需求 → 项目 → 资源: how much is matched, what is open, and what would fit."""
